/** @jsxImportSource hono/jsx */
import { Notice } from '../shared/section.tsx'
import { urls } from '../urls.ts'
import { type RecipeInput, recipes } from './recipes.ts'

/** A new source: its key, shown once, and configurations that use it. */
export function NewSource(props: Omit<RecipeInput, 'key'> & { readonly secret: string }) {
  return (
    <>
      <div class="bar title">
        <div>
          <h1>Add a source: {props.name}</h1>
          <p class="muted">
            The key may only send. It is shown this once; revoke it in Settings when it leaks.
          </p>
        </div>
        <a class="button" href={urls.sources.href()}>
          Done
        </a>
      </div>
      <div class="page">
        <Notice kind="ok">
          Ingest key{' '}
          <code class="mono" id="new-key">
            {props.secret}
          </code>{' '}
          <button type="button" class="small" data-copy-from="new-key">
            Copy
          </button>
        </Notice>
        <div class="recipes">
          {recipes({ ...props, key: props.secret }).map((recipe) => (
            <section class="card">
              <h2>
                {recipe.title}
                <button type="button" class="small" data-copy-from={`recipe-${recipe.id}`}>
                  Copy
                </button>
              </h2>
              <p class="muted">{recipe.note}</p>
              <pre id={`recipe-${recipe.id}`} tabindex={0}>
                {recipe.text}
              </pre>
            </section>
          ))}
        </div>
      </div>
    </>
  )
}
