// What the editor asks the server for.
import { find } from '../dom.ts'

export interface Place {
  /** Both from 0. */
  readonly line: number
  readonly character: number
}

export interface ShownFinding {
  readonly file: 'text' | 'test'
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  readonly from: Place
  readonly to: Place
  readonly fixes: readonly {
    readonly title: string
    readonly edits: readonly {
      readonly start: number
      readonly end: number
      readonly text: string
    }[]
  }[]
}

export interface Checked {
  readonly findings: readonly ShownFinding[]
  /** The list beside the text, made by the server. */
  readonly html: string
  readonly facts: readonly string[]
  readonly tests: number
}

export interface Suggestion {
  readonly label: string
  readonly kind: string
  readonly detail?: string
  readonly info?: string
  /** From where on the suggestion replaces what is typed, character of the line. */
  readonly from: number
}

export interface Saved {
  readonly draft: string
  readonly version: number
  readonly address: string
  readonly error?: string
}

export interface Server {
  check(): Promise<Checked | undefined>
  save(): Promise<Saved>
  complete(text: string, at: Place): Promise<readonly Suggestion[]>
}

const NOT_SAVED = { draft: '', version: 0, address: '' } as const
const SIGNED_OUT = 'your session has ended: copy the text, then sign in and open the draft again'

/** The token that unsafe requests of this page carry. */
export function tokenOf(form: HTMLFormElement): string {
  return find<HTMLInputElement>('input[name=_csrf]', form)?.value ?? ''
}

export function createServer(form: HTMLFormElement): Server {
  const post = (address: string | undefined, body: BodyInit) =>
    fetch(address ?? '', { method: 'POST', body, headers: { 'x-csrf-token': tokenOf(form) } })
  return {
    check: async () => {
      const answer = await post(form.dataset.check, new FormData(form))
      return answer.ok ? ((await answer.json()) as Checked) : undefined
    },
    save: async () => {
      try {
        const answer = await post(form.dataset.save, new FormData(form))
        if (answer.status === 401) return { ...NOT_SAVED, error: SIGNED_OUT }
        return (await answer.json()) as Saved
      } catch (error) {
        return { ...NOT_SAVED, error: `no answer from the server (${error})` }
      }
    },
    complete: async (text, { line, character }) => {
      const body = new FormData()
      body.set('text', text)
      body.set('line', String(line))
      body.set('character', String(character))
      const answer = await post(form.dataset.complete, body)
      return answer.ok ? ((await answer.json()) as readonly Suggestion[]) : []
    },
  }
}
