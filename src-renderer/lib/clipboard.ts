/** Copies text. Pages on a LAN address without TLS have no clipboard API; the old way still works there. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // Refused, as in a frame or an unfocused window: the old way may still do.
    }
  }
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  // Inside an open dialog, for a dialog takes the focus back from anything outside it.
  const home = document.activeElement?.closest('[role=dialog]') ?? document.body
  home.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  return copied
}
