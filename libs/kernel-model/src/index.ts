/** The machine, and the kernel that runs on it. Knows nothing of the designs. */
export * from './machine/index.ts'
export * from './linux/index.ts'
export * from './bpf/index.ts'
