/** What other files hang on a machine, a CPU, a frame: state that its owner knows nothing of and that dies with it. */

/** Something that state can be attached to. */
export interface Bearer {
  /** Null until something is attached: most bearers of an exploration's many machines carry nothing. */
  attachments: Map<object, unknown> | null
}

/**
 * As a WeakMap, but kept on the key: a WeakMap in old space keeps each machine of an exploration alive through the
 * scavenges of the garbage collector, which took a quarter of the time.
 */
export class Attached<K extends Bearer, V> {
  private static made = 0
  /** Tells the kinds of attachments apart, wherever they hang. */
  readonly id = Attached.made++
  /** What of the value counts where states are compared: all of it, unless said otherwise. */
  readonly stateOf: (value: V) => unknown

  constructor(stateOf: (value: V) => unknown = (value) => value) {
    this.stateOf = stateOf
  }

  get(key: K): V | undefined {
    return key.attachments === null ? undefined : (key.attachments.get(this) as V | undefined)
  }

  set(key: K, value: V): void {
    key.attachments ??= new Map()
    key.attachments.set(this, value)
  }

  has(key: K): boolean {
    return key.attachments?.has(this) === true
  }
}
