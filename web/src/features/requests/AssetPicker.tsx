import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import type { Asset } from "../../api/types";
import { useTexts } from "../../i18n/language";
import { useSiteOfWork } from "../../ui/zones";
import { assetChoicesQuery } from "./data";
import { texts } from "./texts";

const TYPING_MILLISECONDS = 200;

interface AssetPickerProps {
  readonly chosen: Asset | null;
  readonly choose: (asset: Asset | null) => void;
  readonly error?: ReactNode;
}

/** Finds an asset by a part of its name or zone; the broker looks, so a plant of any size works. */
export function AssetPicker({ chosen, choose, error }: AssetPickerProps) {
  const t = useTexts(texts);
  const { site } = useSiteOfWork();
  const [typed, setTyped] = useState(chosen?.path ?? "");
  const [text] = useDebouncedValue(typed === chosen?.path ? "" : (typed.split("/").at(-1) ?? ""), TYPING_MILLISECONDS);
  const found = useQuery({ ...assetChoicesQuery(text, site?.name), placeholderData: keepPreviousData });
  const assets = found.data ?? [];
  const shown = chosen === null || assets.some(({ id }) => id === chosen.id) ? assets : [chosen, ...assets];
  return (
    <Select
      label={t("choose_asset")}
      description={t("choose_asset_hint")}
      searchable
      clearable
      value={chosen?.id ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => {
        choose(shown.find((asset) => asset.id === id) ?? null);
      }}
      data={shown.map((asset) => ({ value: asset.id, label: asset.path }))}
      filter={({ options }) => options}
      nothingFoundMessage={found.isPending ? null : t("no_asset")}
      error={error}
    />
  );
}
