import { contextBridge, ipcRenderer } from 'electron'
import type { DesktopBridge, DesktopCall } from '#contract/desktop'

const call = <C extends DesktopCall>(channel: C): ReturnType<DesktopBridge[C]> =>
  ipcRenderer.invoke(channel) as ReturnType<DesktopBridge[C]>

const bridge: DesktopBridge = {
  platform: process.platform,
  takeDesktopSecret: () => call('takeDesktopSecret'),
}

contextBridge.exposeInMainWorld('shardlyn', bridge)
