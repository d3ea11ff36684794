import { createServer } from 'node:http'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { machinesMissing, makeLan } from './machines.ts'

const exec = promisify(execFile)

test.skipIf(machinesMissing !== '')(
  `machines of a test have disks, processes, names and networks of their own${machinesMissing}`,
  async () => {
    await using lan = makeLan()
    await using attic = await lan.machine('attic')
    await using cellar = await lan.machine('cellar')
    expect([await attic.run('hostname'), await cellar.run('hostname')]).toEqual(['attic\n', 'cellar\n'])
    await attic.write('/etc/only-here', 'yes')
    expect(await attic.read('/etc/only-here')).toBe('yes')
    expect(existsSync('/etc/only-here')).toBe(false)
    await expect(cellar.read('/etc/only-here')).rejects.toThrow('No such file')
    expect(await attic.run('sh', ['-c', 'ls -d /proc/[0-9]* | wc -l'])).toMatch(/^[0-9]\n$/)

    const server = createServer((_, response) => response.end('from the gateway')).listen(0, lan.gateway)
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const ask = `fetch('http://${lan.gateway}:${port}/', { signal: AbortSignal.timeout(3000) })`
    const fetched = () => attic.run(process.execPath, ['-e', `${ask}.then(async (a) => console.log(await a.text()))`])
    expect(await fetched()).toBe('from the gateway\n')
    attic.unplug()
    await expect(fetched()).rejects.toThrow()
    attic.plug()
    await vi.waitFor(async () => expect(await fetched()).toBe('from the gateway\n'), 10_000)
    server.close()

    await cellar.startSshd()
    expect(await exec('ssh-keyscan', ['-t', 'ed25519', cellar.address])).toMatchObject({
      stdout: expect.stringContaining('ssh-ed25519'),
    })
    const daemon = cellar.spawn('sh', ['-c', 'setsid sleep 1000 & exit 0'])
    await once(daemon, 'exit')
    expect(await cellar.run('pgrep', ['-x', 'sleep'])).toMatch(/^[0-9]+\n$/)
    await cellar.powerOff()
    await expect(cellar.run('true')).rejects.toThrow()
  },
)
