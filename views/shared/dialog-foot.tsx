/** @jsxImportSource hono/jsx */

/** The last line of a dialog: what it does, and the way out. `doing` is said while that takes its time. */
export function DialogFoot(props: { readonly label: string; readonly doing?: string }) {
  return (
    <div class="dialog-foot">
      <button type="submit" class="primary small">
        {props.label}
      </button>
      <button type="button" class="small" data-dialog-close="">
        Cancel
      </button>
      {props.doing !== undefined && (
        <span class="doing" role="status">
          {props.doing}
        </span>
      )}
    </div>
  )
}
