/** @jsxImportSource hono/jsx */
import { Logo } from './layout.tsx'
import { Notice } from './shared/section.tsx'
import { urls } from './urls.ts'

/** The sign-in card. `next` is where to go afterwards. */
export function SignInCard(props: {
  readonly csrfToken: string
  readonly next: string
  readonly name?: string
  readonly problem?: string
}) {
  return (
    <main class="sign-in">
      <form method="post" action={urls.signIn.href()} class="card">
        <h1>
          <Logo /> Trapline
        </h1>
        {props.problem !== undefined && <Notice kind="problem">{props.problem}</Notice>}
        <input type="hidden" name="_csrf" value={props.csrfToken} />
        <input type="hidden" name="next" value={props.next} />
        <label>
          Name
          <input
            name="name"
            autocomplete="username"
            required
            autofocus={props.name === undefined}
            value={props.name ?? ''}
            maxlength={200}
          />
        </label>
        <label>
          Password
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            autofocus={props.name !== undefined}
            maxlength={1024}
          />
        </label>
        <button type="submit" class="primary">
          Sign in
        </button>
        <p class="muted">
          First start? The name is <span class="mono">admin</span> and the one-time password is in
          the server's output.
        </p>
      </form>
    </main>
  )
}
