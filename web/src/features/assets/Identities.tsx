import type { Service } from "../../api/types";
import { useTexts, type Translator } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Panel } from "../../ui/Page";
import classes from "./assets.module.css";
import { texts } from "./texts";

type Identity = NonNullable<Service["identity"]>;

/** Who the device is to tools that look for devices, where the inventory says so. */
export function Identities({ services }: { readonly services: readonly Service[] }) {
  const t = useTexts(texts);
  const facts = services.flatMap(({ name, identity }) =>
    identity === null ? [] : [{ label: name, value: identityIn(identity, t) }],
  );
  if (facts.length === 0) return null;
  return (
    <Panel title={t("identity")}>
      <Facts facts={facts} />
      <p className={classes.note}>{t("identity_text")}</p>
    </Panel>
  );
}

function identityIn({ enip, bacnet }: Identity, t: Translator<typeof texts>): string {
  if (enip != null) {
    const { product_name, vendor, device_type, product_code, major, minor, serial_number } = enip;
    const serial = serial_number.toString(16).toUpperCase().padStart(8, "0");
    const numbers = t("identity_enip", { vendor, kind: device_type, product: product_code, major, minor, serial });
    return [product_name, numbers].filter(Boolean).join(" · ");
  }
  return bacnet == null ? "" : t("identity_bacnet", { instance: bacnet.instance, vendor: bacnet.vendor });
}
