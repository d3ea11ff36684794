import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Tests start real processes; two at a time leave them room on a small machine.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'server',
          environment: 'node',
          include: ['{contract,server,agent,cli,build,bench}/**/*.test.ts'],
        },
      },
      { extends: true, test: { name: 'main', environment: 'node', include: ['{src-main,src-preload}/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'renderer',
          environment: 'jsdom',
          css: { include: [/tokens\.css/] },
          include: ['src-renderer/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
})
