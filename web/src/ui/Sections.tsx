import { useEffect, useRef } from "react";
import { Link } from "wouter";

import classes from "./Sections.module.css";

interface Section {
  readonly href: string;
  readonly name: string;
}

interface SectionsProps {
  /** What the sections are parts of. */
  readonly label: string;
  readonly sections: readonly Section[];
  /** The address of the one that is shown. */
  readonly here: string;
}

/** The parts of a place in the navigation, each a page of its own with its own address. */
export function Sections({ label, sections, here }: SectionsProps) {
  const bar = useRef<HTMLElement>(null);
  // On a phone the row is longer than the screen: the part that is shown must be in sight.
  useEffect(() => {
    bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <nav ref={bar} className={classes.sections} aria-label={label}>
      {sections.map(({ href, name }) => (
        <Link key={href} href={href} className={classes.section} aria-current={href === here ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
