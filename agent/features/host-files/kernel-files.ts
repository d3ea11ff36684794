import fs from 'node:fs/promises'

/**
 * File systems that hold no files: what processes have in memory and in their environment, switches of the kernel. By the
 * magic numbers of statfs(2).
 */
const types = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0xcafe4a11, // bpf
  0x62656570, // configfs
  0x1cd1, // devpts
  0x6165676c, // pstore
  0xde5e81e4, // efivarfs
  0x42494e4d, // binfmt_misc
  0xf97cff8c, // selinux
  0x19800202, // mqueue
  0x65735543, // fusectl
  0x6e736673, // nsfs
])

export async function isKernels(address: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { type } = await fs.statfs(address)
  return types.has(type >>> 0)
}
