// A rule of our own: no program is started through a shell, so no value of a user can become a command.
const rule = {
  meta: { type: 'problem', schema: [] },
  create: (context) => ({
    Property(node) {
      const name = node.key.type === 'Identifier' ? node.key.name : node.key.value
      const isOff = node.value.type === 'Literal' && node.value.value === false
      if (name !== 'shell' || isOff || node.parent.type !== 'ObjectExpression') return
      if (node.value.type !== 'Literal' && node.value.type !== 'Identifier' && node.value.type !== 'MemberExpression') {
        return
      }
      const call = node.parent.parent
      if (call?.type !== 'CallExpression' || !call.arguments.includes(node.parent)) return
      const callee = call.callee.type === 'MemberExpression' ? call.callee.property : call.callee
      if (/^(spawn|spawnSync|execFile|execFileSync|fork)$/.test(callee.name ?? '')) {
        context.report({
          node,
          message: 'Pass an argv array and no shell: a value of a user must never become a command.',
        })
      }
    },
  }),
}

export default { meta: { name: 'house' }, rules: { 'no-shell': rule } }
