import { conflict } from '#server/errors'

export const hostKeyChanged = (shown: string) =>
  conflict(
    'host_key_changed',
    `The machine shows another host key (${shown}) than the one that was pinned. If that is as it should be, accept the new key under SSH access; if not, somebody may stand in between.`,
  )
