declare module 'ssh2/lib/protocol/utils.js' {
  const parts: { sendPacket: (protocol: unknown, packet: Buffer) => boolean }
  export default parts
}
