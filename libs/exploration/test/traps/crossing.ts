/**
 * Programs with handlers on several CPUs on which an engine of ours lost classes, found at random, then shrunk. `lost`: so many still
 * are (decision 10): what is moved would need the rest of a handler that is there in part, which runs as no schedule so far has it.
 */
export interface Crossing {
  readonly lost: number
  readonly program: string
}

export const CROSSING: readonly Crossing[] = [
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":1,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"read","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"guarded","x":0,"y":1}]},{"cpu":0,"level":2,"body":[{"op":"read","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":1,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":0,"level":3,"body":[{"op":"write","x":1,"y":0},{"op":"read","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"write","x":0,"y":0},{"op":"write","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"read","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"write","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"await","x":0}]},{"cpu":1,"level":0,"body":[{"op":"guarded","x":1,"y":1}]},{"cpu":0,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"guarded","x":0,"y":1}]},{"cpu":1,"level":1,"body":[{"op":"write","x":0,"y":0},{"op":"guarded","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":1,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"await","x":0}]},{"cpu":0,"level":1,"body":[{"op":"copy","x":1,"y":1},{"op":"await","x":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"guarded","x":0,"y":1}]},{"cpu":1,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"read","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"write","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"copy","x":0,"y":0},{"op":"write","x":1,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"copy","x":1,"y":1},{"op":"read","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"cas","x":0,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"copy","x":0,"y":0},{"op":"await","x":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":0,"y":0}]}]}',
  },
  {
    lost: 0,
    program:
      '{"cpus":1,"words":1,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"raise","body":[{"op":"write","x":0,"y":0}]}]}]}',
  },
  {
    lost: 3,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"read","x":1,"y":0}]},{"cpu":0,"level":2,"body":[{"op":"read","x":0,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"write","x":1,"y":0}]}]}',
  },
  {
    lost: 1,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":0,"level":2,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"copy","x":0,"y":1}]},{"cpu":0,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"read","x":1,"y":0}]}]}',
  },
  {
    lost: 1,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"write","x":0,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"write","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"copy","x":1,"y":1},{"op":"read","x":0,"y":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0}]},{"cpu":1,"level":2,"body":[{"op":"read","x":0,"y":0},{"op":"read","x":0,"y":0}]}]}',
  },
  {
    lost: 2,
    program:
      '{"cpus":2,"words":2,"frames":[{"cpu":0,"level":0,"body":[{"op":"read","x":1,"y":0}]},{"cpu":1,"level":0,"body":[{"op":"guarded","x":0,"y":1}]},{"cpu":1,"level":1,"body":[{"op":"write","x":1,"y":0},{"op":"await","x":0}]},{"cpu":1,"level":1,"body":[{"op":"read","x":0,"y":0},{"op":"write","x":1,"y":0}]},{"cpu":0,"level":1,"body":[{"op":"write","x":0,"y":0},{"op":"write","x":0,"y":0}]}]}',
  },
]
