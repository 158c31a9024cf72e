/** The two programs of "Dynamic partial-order reduction for model checking software" (Flanagan, Godefroid, POPL'05). */
import {
  Cell,
  cmpxchg,
  type KernelPath,
  raw_spin_lock,
  raw_spin_unlock,
  raw_spinlock_t,
  READ_ONCE,
  WRITE_ONCE,
} from '@bottom-half/kernel-model'
import type { Program } from '../src/index.ts'
import { type Path, programOf, times } from './program_of.ts'

const TABLE_SIZE = 128
const MESSAGES = 4

function* insertMessages(table: readonly Cell<number>[], id: number): KernelPath {
  for (let m = 1; m <= MESSAGES; m++) {
    const message = m * 11 + id
    let place = (message * 7) % TABLE_SIZE
    while ((yield* cmpxchg(table[place]!, 0, message)) !== 0) place = (place + 1) % TABLE_SIZE
  }
}

/**
 * `indexer(n)`: n tasks put four
 * messages each into a hash table, at the next free place. Up to 11 tasks there is no collision.
 */
export function indexer(n: number): Program {
  return programOf(`indexer(${n})`, () => {
    const table = times(TABLE_SIZE, (i) => new Cell(`table${i}`, 0))
    return {
      tasks: times(
        n,
        (id): Path =>
          () =>
            insertMessages(table, id),
      ),
    }
  })
}

const INODES = 32
const BLOCKS = 26

/** What the tasks of `filesystem` share. */
interface FileSystem {
  readonly inodeLocks: readonly raw_spinlock_t[]
  /** The block of each inode, counted from 1; 0 if it has none. */
  readonly inodes: readonly Cell<number>[]
  readonly blockLocks: readonly raw_spinlock_t[]
  readonly busy: readonly Cell<boolean>[]
}

function* allocateBlock(fs: FileSystem, inode: number): KernelPath {
  for (let block = (inode * 2) % BLOCKS, found = false; !found; block = (block + 1) % BLOCKS) {
    yield* raw_spin_lock(fs.blockLocks[block]!)
    found = !(yield* READ_ONCE(fs.busy[block]!))
    if (found) {
      yield* WRITE_ONCE(fs.busy[block]!, true)
      yield* WRITE_ONCE(fs.inodes[inode]!, block + 1)
    }
    yield* raw_spin_unlock(fs.blockLocks[block]!)
  }
}

function* createFile(fs: FileSystem, inode: number): KernelPath {
  yield* raw_spin_lock(fs.inodeLocks[inode]!)
  if ((yield* READ_ONCE(fs.inodes[inode]!)) === 0) yield* allocateBlock(fs, inode)
  yield* raw_spin_unlock(fs.inodeLocks[inode]!)
}

/**
 * `filesystem(n)`: n tasks each allocate a block for an inode of their own, each beginning its search at
 * another block. Up to 13 tasks no two of them meet.
 */
export function fileSystem(n: number): Program {
  return programOf(`filesystem(${n})`, () => {
    const fs: FileSystem = {
      inodeLocks: times(INODES, (i) => new raw_spinlock_t(`inode lock ${i}`)),
      inodes: times(INODES, (i) => new Cell(`inode ${i}`, 0)),
      blockLocks: times(BLOCKS, (i) => new raw_spinlock_t(`block lock ${i}`)),
      busy: times(BLOCKS, (i) => new Cell(`busy ${i}`, false)),
    }
    return {
      tasks: times(
        n,
        (id): Path =>
          () =>
            createFile(fs, id % INODES),
      ),
    }
  })
}
