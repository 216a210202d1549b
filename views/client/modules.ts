// Code that only some pages need: a form names its address, and it is loaded when the form is shown.
import { announce, find } from './dom.ts'

interface Module {
  mount(form: HTMLFormElement): void
}

/** Loads and starts the module of the shown page, if it has one. */
export function syncModules(): void {
  const form = find<HTMLFormElement>('form[data-module]')
  if (!form || form.dataset.loading === '1') return
  form.dataset.loading = '1'
  const address = new URL(form.dataset.module ?? '', location.origin)
  import(address.href).then(
    (module: Module) => module.mount(form),
    (error: unknown) => announce(`The editor is not loaded: ${error}`),
  )
}
