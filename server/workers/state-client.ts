// The main thread's side of the state worker: the state store's methods, with errors as `ServiceError`.
import { ServiceError, type ServiceErrorCode } from '../services/service-error.ts'
import type { AlertNotice } from '../stores/state/alerts-store.ts'
import type { StateStore } from '../stores/state/state-store.ts'
import { type Connection, connect, WorkerError } from './rpc.ts'

/** What routes and services call. An in-process `StateStore` (`openStateStore`) is one too. */
export type StateClient = StateStore

export interface StateOptions {
  /** The data folder; holds `state.db` and `intake.db`. */
  readonly folder: string
  /** A libSQL server instead of `state.db`. */
  readonly url?: string
  readonly authToken?: string
  /** Follow matches of the intake and make alerts; default true. */
  readonly alerts?: boolean
  /** How late a match may come and still correlate, milliseconds. */
  readonly lateness_ms?: number
}

/** What the worker says on its own. `credentials`: a user, session or key changed, so drop caches. */
export interface StateNotices {
  readonly alerts: AlertNotice
  readonly credentials: null
  /** Alert making stopped for good, and why. */
  readonly 'alerts-stopped': string
}

/** Calls the worker answers: the store's, after `open`. */
export type StateHandlers = StateStore & { open(options: StateOptions): Promise<void> }

export interface StateConnection {
  readonly client: StateClient
  readonly worker: Worker
  on<N extends keyof StateNotices>(notice: N, listener: (value: StateNotices[N]) => void): void
  /** Flushes, closes the database and ends the worker. */
  stop(): Promise<void>
}

const CODES: Record<ServiceErrorCode, true> = {
  invalid: true,
  unauthenticated: true,
  forbidden: true,
  'not-found': true,
  conflict: true,
  'too-large': true,
  'too-many': true,
  'disk-full': true,
  unavailable: true,
}

/** Starts the state worker and opens the store. Rejects when the database cannot be opened or migrated. */
export async function startState(
  options: StateOptions,
  onCrash: (error: Error) => void,
): Promise<StateConnection> {
  const connection = connect<Record<string, (...args: unknown[]) => unknown>>(
    new URL('./state.ts', import.meta.url),
    'state',
    onCrash,
  )
  const handlers = withServiceErrors(connection)
  await handlers.open(options)
  return {
    client: handlers,
    worker: connection.worker,
    on: (notice, listener) => connection.on(notice, listener as (value: never) => void),
    stop: async () => {
      await handlers.close()
      connection.terminate()
    },
  }
}

function withServiceErrors(
  connection: Connection<Record<string, (...args: unknown[]) => unknown>>,
): StateHandlers {
  return new Proxy({} as StateHandlers, {
    get: (_, method: string) =>
      method === 'then'
        ? undefined
        : async (...args: unknown[]) => {
            const call = connection.client[method]
            if (call === undefined) throw new ServiceError('unavailable', `no call ${method}`)
            try {
              return await call(...args)
            } catch (error) {
              throw asServiceError(error)
            }
          },
  })
}

function asServiceError(error: unknown): unknown {
  if (!(error instanceof WorkerError) || !isServiceErrorCode(error.code)) return error
  const known = new ServiceError(error.code, error.message)
  if (error.stack !== undefined) known.stack = error.stack
  return known
}

function isServiceErrorCode(code: string): code is ServiceErrorCode {
  return code in CODES
}
