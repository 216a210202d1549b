// Posted forms: read once, checked by a schema, with who sent them.
import type { z } from 'zod'
import type { AppContext } from '../../middleware/env.ts'
import { ServiceError } from '../../services/service-error.ts'
import type { Actor } from '../../stores/state/access.ts'
import type { Principal } from '../../stores/state/state-store.ts'

/** A form's fields by a schema; repeated names become lists. Rejects `invalid` with every problem. */
export async function formOf<T extends z.ZodType>(c: AppContext, schema: T): Promise<z.output<T>> {
  return checked(schema, fieldsOf(await c.req.formData()))
}

/** What an address asks for by a schema. Rejects `invalid` with every problem. */
export function queryOf<T extends z.ZodType>(c: AppContext, schema: T): z.output<T> {
  return checked(schema, c.req.query())
}

function checked<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`)
  throw new ServiceError('invalid', problems.join('; '))
}

function fieldsOf(form: FormData): Record<string, unknown> {
  const names = new Set(form.keys())
  return Object.fromEntries(
    [...names].map((name) => {
      const values = form.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

/** Who is asking, for the audit log. */
export function actorOf(c: AppContext): Actor {
  return { name: principalOf(c).name, ip: c.get('ip') }
}

/** The signed-in user; pages behind the guard always have one. */
export function principalOf(c: AppContext): Principal {
  const principal = c.get('principal')
  if (principal === undefined) throw new ServiceError('unauthenticated', 'Sign in first.')
  return principal
}
