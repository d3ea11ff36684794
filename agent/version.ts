import manifest from '../package.json' with { type: 'json' }

/** The version of this agent, as the control plane shows it. */
export const agentVersion: string = manifest.version
