/** What the BPF core offers: programs, maps, the allocator. */
export * from './bpf_task.ts'
export * from './hook.ts'
export * from './map.ts'
export * from './map_elem.ts'
export * from './memalloc.ts'
export * from './prog.ts'
export * from './syscall.ts'
