// Opens the state store: the database, its schema, and every part over it.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ChangeHooks, createAlertChanges } from './alert-changes.ts'
import { createAlertQueue } from './alert-queue.ts'
import { type AlertWriter, createAlertWriter } from './alert-writer.ts'
import type { AlertMaking } from './alerts-store.ts'
import { bootstrapFirstAdmin } from './bootstrap.ts'
import type { Context } from './context.ts'
import { openDatabase } from './database.ts'
import { createDraftStore } from './drafts-store.ts'
import { createFeedbackStore } from './feedback-store.ts'
import { createHuntStore } from './hunts-store.ts'
import { createKeyStore } from './keys.ts'
import { createLastUse, LAST_USE_FLUSH_MS } from './last-use.ts'
import { migrate } from './migrate.ts'
import { createOutboxStore } from './outbox-store.ts'
import { createPasswords, type PasswordCost } from './passwords.ts'
import { createPromotionReads, promotionWriter, type WritePromotion } from './promotions-store.ts'
import { createProposalStore } from './proposals-store.ts'
import { createAuditStore, createRecordStore } from './records-store.ts'
import { createReleaseStore } from './releases-store.ts'
import { createRolloutStore } from './rollouts-store.ts'
import { createRunStore } from './runs-store.ts'
import { createSessionStore } from './sessions.ts'
import { raiseSilentSource } from './silent-source.ts'
import type { StateStore } from './state-store.ts'
import { createSuppressionStore } from './suppressions-store.ts'
import { createUserStore } from './users.ts'

export interface StoreOptions {
  /** `file:...`, `:memory:` or a libSQL server's URL; see `stateUrl`. */
  readonly url: string
  readonly authToken?: string
  readonly now?: () => number
  /** Default `PASSWORD_COST`; tests take less. */
  readonly passwordCost?: PasswordCost
  readonly onCredentials?: () => void
  readonly hooks?: ChangeHooks
  /** After a mute was made or ended. */
  readonly onMutes?: () => void
}

/** Everything but making alerts, and what that needs. */
export interface OpenStore {
  readonly store: Omit<StateStore, keyof AlertMaking>
  readonly alerts: AlertWriter
  readonly writePromotion: WritePromotion
}

/** URL of `state.db` in a data folder. */
export function stateUrl(folder: string): string {
  return pathToFileURL(join(folder, 'state.db')).href
}

/** Opens and migrates. Rejects `unavailable` for a database of a newer version. */
export async function openStore(options: StoreOptions): Promise<OpenStore> {
  const { url, authToken, now = Date.now, onCredentials = nothing, hooks = NO_HOOKS } = options
  const { onMutes: mutesChanged = nothing } = options
  const database = await openDatabase({
    url,
    now,
    ...(authToken === undefined ? {} : { authToken }),
  })
  await migrate(database, now())
  const passwords = createPasswords(options.passwordCost)
  const context: Context = { database, passwords, now, credentialsChanged: onCredentials }
  const lastUse = createLastUse(context)
  const timer = setInterval(() => {
    // A busy database is tried again in half a minute: the figures only say when something was last seen.
    lastUse.flush().catch((error: unknown) => console.warn(`last use not saved: ${error}`))
  }, LAST_USE_FLUSH_MS)
  timer.unref()
  const store = {
    ...createUserStore(context),
    bootstrap: (password?: string, apiKey?: string) =>
      bootstrapFirstAdmin(context, password, apiKey),
    ...createSessionStore(context, lastUse),
    ...createKeyStore(context, lastUse),
    ...createAlertQueue(context),
    ...createAlertChanges(context, hooks),
    ...createAuditStore(context),
    ...createRecordStore(context),
    ...createReleaseStore(context),
    ...createRunStore(context),
    ...createRolloutStore(context),
    ...createHuntStore(context),
    ...createFeedbackStore(context),
    ...createPromotionReads(context),
    ...createSuppressionStore(context, { ...hooks, mutesChanged }),
    ...createProposalStore(context),
    ...createOutboxStore(context),
    ...createDraftStore(context),
    sourceSilent: async (source: string, lastEvent: number, silentAfter_s: number) => {
      const id = await raiseSilentSource(context, source, lastEvent, silentAfter_s)
      hooks.changed([id])
      return id
    },
    close: async () => {
      clearInterval(timer)
      try {
        await lastUse.flush()
      } finally {
        await database.close()
      }
    },
  }
  return { store, alerts: createAlertWriter(context), writePromotion: promotionWriter(context) }
}

const nothing = () => undefined
const NO_HOOKS: ChangeHooks = { changing: nothing, changed: nothing }
