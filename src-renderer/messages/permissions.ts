import { messages } from './messages.ts'

/** What each permission lets a person do; `contract/permissions.ts` holds the keys. A test keeps the two in step. */
export const permissions = messages({
  en: {
    nouns: {
      nodes: 'Machines',
      workloads: 'Workloads',
      instances: 'Servers',
      organization: 'Organization',
      members: 'Members',
      audit: 'Audit log',
      platform: 'Platform',
    },
    keys: {
      nodes: {
        view: 'See machines, their state and their metrics',
        create: 'Add machines',
        update: 'Rename machines and change their labels, ports and address',
        delete: 'Remove machines',
      },
      workloads: {
        view: 'See workloads and templates',
        create: 'Create workloads',
        update: 'Change workloads',
        delete: 'Delete workloads',
      },
      instances: {
        view: 'See servers, their state and their metrics',
        create: 'Deploy servers',
        update: 'Change the settings of servers',
        delete: 'Delete servers',
        power: 'Start, stop, restart and kill servers',
        console: 'Read the console and the logs of servers',
        command: 'Type into the console of servers',
        logs: { clear: 'Clear the logs of servers' },
        access: 'Share servers with other people and say what they may do there',
      },
      organization: {
        update: 'Rename the organization',
        delete: 'Delete the organization with all that it holds',
        transfer: 'Hand the organization over to another member',
      },
      members: {
        view: 'See who belongs to the organization',
        invite: 'Invite people, and see and revoke invitations',
        update: 'Change roles and rights of members',
        remove: 'Remove members',
      },
      audit: { view: 'See the audit log of the organization' },
      platform: { admin: 'Administer the whole installation' },
    },
  },
  'pt-BR': {
    nouns: {
      nodes: 'Máquinas',
      workloads: 'Cargas',
      instances: 'Servidores',
      organization: 'Organização',
      members: 'Membros',
      audit: 'Registro de auditoria',
      platform: 'Plataforma',
    },
    keys: {
      nodes: {
        view: 'Ver máquinas, o estado e as métricas delas',
        create: 'Adicionar máquinas',
        update: 'Renomear máquinas e mudar etiquetas, portas e endereço',
        delete: 'Remover máquinas',
      },
      workloads: {
        view: 'Ver cargas e modelos',
        create: 'Criar cargas',
        update: 'Alterar cargas',
        delete: 'Excluir cargas',
      },
      instances: {
        view: 'Ver servidores, o estado e as métricas deles',
        create: 'Implantar servidores',
        update: 'Alterar as configurações dos servidores',
        delete: 'Excluir servidores',
        power: 'Iniciar, parar, reiniciar e forçar o fim de servidores',
        console: 'Ler o console e os logs dos servidores',
        command: 'Digitar no console dos servidores',
        logs: { clear: 'Limpar os logs dos servidores' },
        access: 'Compartilhar servidores com outras pessoas e definir o que elas podem fazer',
      },
      organization: {
        update: 'Renomear a organização',
        delete: 'Excluir a organização com tudo o que ela contém',
        transfer: 'Passar a organização para outro membro',
      },
      members: {
        view: 'Ver quem faz parte da organização',
        invite: 'Convidar pessoas, ver e revogar convites',
        update: 'Mudar papéis e permissões dos membros',
        remove: 'Remover membros',
      },
      audit: { view: 'Ver o registro de auditoria da organização' },
      platform: { admin: 'Administrar a instalação inteira' },
    },
  },
})
