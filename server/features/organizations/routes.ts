import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import * as contract from '#contract/organizations'
import {
  getMemberPermissions,
  listMembers,
  listPermissions,
  removeMember,
  removeMemberPermission,
  setMemberPermission,
  updateMemberRole,
} from '#contract/members'
import { acceptInvite, deleteInvite, inviteMember, listInvites, previewInvite } from '#contract/invites'
import { listOrganizationAuditLogs } from '#contract/audit'
import {
  grantablePermissions,
  instancePermissions,
  ownedPermissions,
  type Permission,
  permissions,
  rolePermissions,
  roles,
} from '#contract/permissions'
import { callerOf } from '#server/http/caller'
import type { OrganizationsService } from './service.ts'

const items = (Object.entries(permissions) as [Permission, string][]).map(([key, description]) => ({
  key,
  description,
  roles: roles.filter((role) => rolePermissions[role].includes(key)),
  grantable: grantablePermissions.includes(key),
  shareable: (instancePermissions as readonly Permission[]).includes(key),
  owned: ownedPermissions.includes(key),
}))

export const organizationRoutes: FastifyPluginAsyncTypebox<{ organizations: OrganizationsService }> = async (
  app,
  { organizations },
) => {
  const { members, invites } = organizations

  app.route({ ...listPermissions, handler: () => ({ items, next_cursor: null }) })
  app.route({ ...contract.listOrganizations, handler: (request) => organizations.list(callerOf(request)) })
  app.route({
    ...contract.createOrganization,
    handler: async (request, reply) =>
      reply.code(201).send(await organizations.create(callerOf(request), request.body)),
  })
  app.route({ ...contract.getOrganization, handler: (request) => organizations.get(callerOf(request)) })
  app.route({
    ...contract.updateOrganization,
    handler: (request) => organizations.update(callerOf(request), request.body),
  })
  app.route({
    ...contract.deleteOrganization,
    handler: async (request, reply) => {
      await organizations.remove(callerOf(request), request.query.confirm)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...contract.setDefaultOrganization, handler: (request) => organizations.setDefault(callerOf(request)) })
  app.route({
    ...contract.transferOrganization,
    handler: (request) => organizations.transfer(callerOf(request), request.body.user_id),
  })
  app.route({
    ...listOrganizationAuditLogs,
    handler: (request) => organizations.listAudit(callerOf(request), request.query),
  })

  app.route({ ...listMembers, handler: (request) => members.list(callerOf(request), request.query) })
  app.route({
    ...removeMember,
    handler: async (request, reply) => {
      await members.remove(callerOf(request), request.params.userId)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...updateMemberRole,
    handler: (request) => members.updateRole(callerOf(request), request.params.userId, request.body.role),
  })
  app.route({
    ...getMemberPermissions,
    handler: (request) => members.permissions(callerOf(request), request.params.userId),
  })
  app.route({
    ...setMemberPermission,
    handler: (request) => members.setPermission(callerOf(request), request.params.userId, request.body),
  })
  app.route({
    ...removeMemberPermission,
    handler: (request) => members.removePermission(callerOf(request), request.params.userId, request.params.key),
  })

  app.route({ ...listInvites, handler: (request) => invites.list(callerOf(request)) })
  app.route({
    ...inviteMember,
    handler: async (request, reply) => reply.code(201).send(await invites.create(callerOf(request), request.body)),
  })
  app.route({
    ...deleteInvite,
    handler: async (request, reply) => {
      await invites.remove(callerOf(request), request.params.inviteId)
      return reply.code(204).send(null)
    },
  })
  app.route({ ...previewInvite, handler: (request) => invites.preview(request.body.token) })
  app.route({
    ...acceptInvite,
    handler: (request) => organizations.acceptInvite(callerOf(request), request.params.token),
  })
}
