/** A name that every system takes for a file: letters of any script stay, what separates folders or hides does not. */
export function fileNameOf(name: string, extension: string): string {
  const plain = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, 80)
  return `${plain || 'shardlyn'}.${extension}`
}
