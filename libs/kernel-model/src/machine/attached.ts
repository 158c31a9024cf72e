/** What other files hang on a machine, a CPU, a frame: state that its owner knows nothing of and that dies with it. */

/** Something that state can be attached to. */
export interface Bearer {
  readonly attachments: Map<object, unknown>
}

/**
 * As a WeakMap, but kept on the key: a WeakMap in old space keeps each machine of an exploration alive through the
 * scavenges of the garbage collector, which took a quarter of the time.
 */
export class Attached<K extends Bearer, V> {
  get(key: K): V | undefined {
    return key.attachments.get(this) as V | undefined
  }

  set(key: K, value: V): void {
    key.attachments.set(this, value)
  }

  has(key: K): boolean {
    return key.attachments.has(this)
  }
}
