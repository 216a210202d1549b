/** @jsxImportSource hono/jsx */

/** The last line of a dialog: what it does, and the way out. */
export function DialogFoot(props: { readonly label: string }) {
  return (
    <div class="dialog-foot">
      <button type="submit" class="primary small">
        {props.label}
      </button>
      <button type="button" class="small" data-dialog-close="">
        Cancel
      </button>
    </div>
  )
}
