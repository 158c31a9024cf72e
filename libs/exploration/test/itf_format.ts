/**
 * The Informal Trace Format as its specification says: Apalache ADR-015,
 * https://apalache-mc.org/docs/adr/015adr-trace.html. Written from the text, not from our exporter.
 */
import { z } from 'zod'

const BigInteger = z.strictObject({ '#bigint': z.string().regex(/^-?[0-9]+$/) })

/** §"The ITF format", items 1 to 9 of the list of expressions. */
const Expression: z.ZodType = z.lazy(() =>
  z.union([
    z.boolean(),
    z.string(),
    // "A JSON number literal N must be in the range: -(2^53)+1 <= N <= 2^53-1."
    z.int(),
    BigInteger,
    z.array(Expression),
    z.strictObject({ '#tup': z.array(Expression) }),
    z.strictObject({ '#set': z.array(Expression) }),
    z.strictObject({ '#map': z.array(z.tuple([Expression, Expression])) }),
    z.strictObject({ '#unserializable': z.string() }),
    // A record: field names that begin with # are taken.
    z.record(z.string().regex(/^[^#]/), Expression),
  ]),
)

const State = z
  .record(z.string(), z.unknown())
  .refine(
    (state) =>
      Object.entries(state).every(([key, value]) =>
        key === '#meta'
          ? z.record(z.string(), z.unknown()).safeParse(value).success
          : Expression.safeParse(value).success,
      ),
    'each field is an expression, but for #meta',
  )

/** A trace: each state assigns each variable, and nothing else. */
export const ItfFormat = z
  .strictObject({
    '#meta': z.record(z.string(), z.unknown()).optional(),
    params: z.array(z.string()).optional(),
    vars: z.array(z.string()),
    states: z.array(State).min(1),
    loop: z.int().min(0).optional(),
  })
  .refine(({ vars }) => new Set(vars).size === vars.length, 'each variable is declared once')
  .refine(({ vars, states }) => {
    const wanted = JSON.stringify([...vars].sort())
    return states.every(
      (state) =>
        JSON.stringify(
          Object.keys(state)
            .filter((key) => key !== '#meta')
            .sort(),
        ) === wanted,
    )
  }, 'each state has exactly the variables')
