import classes from "./Mark.module.css";

/** The product's sign: a big gate with a small guarded door in it, which stands open. */
export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg className={classes.mark} viewBox="0 0 24 24" width={size} height={size} aria-hidden>
      <path className={classes.gate} d="M3 21.5V8.5C3 5 7 2.5 12 2.5s9 2.5 9 6v13" />
      <path className={classes.gate} d="M1.5 21.5h21" />
      <path className={classes.door} d="M12.5 21.5v-8l5-1.5v9.5z" />
    </svg>
  );
}
