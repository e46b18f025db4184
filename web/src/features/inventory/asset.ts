/** An asset as a form has it, and what of it is new. Pure. */

import type { Asset } from "../../api/types";
import type { AssetChange, Criticality } from "./data";
import { isName, readLabels, readNumbers, writeLabels, writeNumbers } from "./typed";

export interface AssetForm {
  readonly site: string;
  readonly name: string;
  readonly display_name: string;
  readonly zone: string;
  readonly criticality: Criticality;
  /** One `name=value` on each line. */
  readonly labels: string;
  readonly units: string;
}

export const BLANK: AssetForm = {
  site: "",
  name: "",
  display_name: "",
  zone: "",
  criticality: "medium",
  labels: "",
  units: "",
};

export type AssetFault = "needed" | "name_form" | "labels_form" | "numbers_form";

export function formOf(asset: Asset): AssetForm {
  return {
    site: asset.site,
    name: asset.name,
    display_name: asset.display_name,
    zone: asset.zone,
    criticality: asset.criticality as Criticality,
    labels: writeLabels(asset.labels),
    units: writeNumbers(asset.units),
  };
}

export function faultsOf(form: AssetForm): Partial<Record<keyof AssetForm, AssetFault>> {
  const faults: Partial<Record<keyof AssetForm, AssetFault>> = {};
  if (form.site === "") faults.site = "needed";
  if (form.name === "") faults.name = "needed";
  else if (!isName(form.name)) faults.name = "name_form";
  if (form.zone !== "" && !isName(form.zone)) faults.zone = "name_form";
  if (readLabels(form.labels) === null) faults.labels = "labels_form";
  if (readNumbers(form.units) === null) faults.units = "numbers_form";
  return faults;
}

/** The body of an asset without faults, but for its site and services. */
export function bodyOf(form: AssetForm) {
  const units = readNumbers(form.units);
  return {
    name: form.name,
    display_name: form.display_name.trim(),
    zone: form.zone,
    criticality: form.criticality,
    labels: readLabels(form.labels) ?? {},
    units: units === null || units === "none" ? null : [...units],
  };
}

/** Only what is different: whatever is sent is changed. */
export function changeOf(form: AssetForm, before: AssetForm): AssetChange {
  const body = bodyOf(form);
  const names = Object.keys(body) as (keyof typeof body)[];
  return Object.fromEntries(names.filter((name) => form[name] !== before[name]).map((name) => [name, body[name]]));
}
