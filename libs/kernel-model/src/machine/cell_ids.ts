/**
 * Ids of words that are made after boot. A machine alone counts them as they are made, so that a word has another id where frames
 * took turns in another way. Machines that share a CellIds give it one id in all schedules: it goes by the name of the frame that
 * makes it, and by how many that frame has made before.
 */
const MOST_AT_ONCE = 256

/** A CellIds as plain data. */
export type PlainCellIds = readonly (readonly [frame: string, key: number, first: number, count: number])[]

export class CellIds {
  private readonly byFrame = new Map<string, Map<number, number>>()
  private next = 0

  constructor(known: PlainCellIds = []) {
    for (const [frame, key, first, count] of known) {
      this.blocksOf(frame).set(key, first)
      this.next = Math.max(this.next, first + count)
    }
  }

  plain(): PlainCellIds {
    return [...this.byFrame].flatMap(([frame, blocks]) =>
      [...blocks].map(([key, first]) => [frame, key, first, key % MOST_AT_ONCE] as const),
    )
  }

  private blocksOf(frame: string): Map<number, number> {
    let blocks = this.byFrame.get(frame)
    if (blocks === undefined) this.byFrame.set(frame, (blocks = new Map()))
    return blocks
  }

  /**
   * The first of `count` ids for a frame that has taken `before` so far.
   * @param boot how many ids the boot takes, of each of the machines
   */
  take(frame: string, before: number, count: number, boot: number): number {
    const blocks = this.blocksOf(frame)
    const key = before * MOST_AT_ONCE + count
    const known = blocks.get(key)
    if (known !== undefined) return known
    const first = Math.max(this.next, boot)
    this.next = first + count
    blocks.set(key, first)
    return first
  }
}
