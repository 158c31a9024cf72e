#!/usr/bin/env node
/** `npx nx run compare`. */

// NO_COLOR is stronger than FORCE_COLOR, which Nx sets for what it runs. Node would have it the other way round, and some module asks
// as soon as it is loaded: so the rest is loaded after this.
if ((process.env['NO_COLOR'] ?? '') !== '') delete process.env['FORCE_COLOR']

const { perform } = await import('./perform.ts')
process.exitCode = await perform(process.argv.slice(2))
