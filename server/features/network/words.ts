/** Why nobody listens, in words for an administrator. */
export function problemOf(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program. Choose another port, or end that program.`
  }
  if (code === 'EACCES') return `This system does not let Shardlyn use port ${port}. Choose one above 1023.`
  return `Port ${port} cannot be listened on: ${message}`
}
