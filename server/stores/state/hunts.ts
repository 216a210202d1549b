// What the state store keeps about hunts that people made on the server.
import type { Hunt } from '../../../query/hunt/hunt.ts'
import type { Actor } from './access.ts'

/** A hunt kept on the server. */
export interface HuntRow {
  readonly hunt: Hunt
  /** Id and name of the user whose it is: nobody else may change it. */
  readonly ownerId: string
  readonly owner: string
  /** Milliseconds since 1970 UTC. */
  readonly created: number
  readonly updated: number
  /** Raised by every change; a change must name it. */
  readonly version: number
  /** Id of the proposal that publishes it in Git. */
  readonly proposal?: string
}

export interface HuntStore {
  /** Rejects `conflict` when there is one of this id, `too-many` above `HUNTS_MAX`. */
  addHunt(
    hunt: Hunt,
    owner: { readonly id: string; readonly name: string },
    by: Actor,
  ): Promise<HuntRow>
  getHunt(id: string): Promise<HuntRow | undefined>
  /** Newest change first. */
  listHunts(): Promise<readonly HuntRow[]>
  /** Rejects `not-found`, and `conflict` for a version that is not the last. */
  changeHunt(hunt: Hunt, version: number, by: Actor): Promise<HuntRow>
  /** Remembers the proposal that publishes it. */
  setHuntProposal(id: string, proposal: string, by: Actor): Promise<void>
  /** Rejects `not-found`. */
  removeHunt(id: string, by: Actor): Promise<void>
}
