import { useApp } from "../lib/app-context";
import type { Homestay } from "../lib/bridge";
import { money } from "../lib/show";
import { Picture, SaveButton } from "./bits";

export function coverOf(homestay: Pick<Homestay, "banner">): string {
  return homestay.banner.split(",")[0] ?? "";
}

export function PriceTag({ homestay }: { homestay: Homestay }) {
  const { t } = useApp();
  return (
    <span className="price-tag">
      <b>{money(homestay.homestayPrice)}</b>
      {t(homestay.rowType === 1 ? "perPersonNight" : "perNight")}
      {homestay.marketHomestayPrice > homestay.homestayPrice && <s>{money(homestay.marketHomestayPrice)}</s>}
    </span>
  );
}

/** A listing in a list; `total` is what a searched stay comes to. */
export function ListingCard({
  homestay,
  total,
  size = "wide",
  query = "",
  heading: Heading = "h3",
}: {
  homestay: Homestay;
  total?: { yuan: number; nights: number };
  size?: "wide" | "big";
  query?: string;
  /** How deep on its page it stands. */
  heading?: "h2" | "h3";
}) {
  const { t } = useApp();
  return (
    <article className={`card ${size}`}>
      <a href={`#/listing/${homestay.id}${query}`} className="card-link">
        <Picture address={coverOf(homestay)} alt="" />
        <div className="card-body">
          <Heading>{homestay.title}</Heading>
          <p className="muted clip">{homestay.subTitle}</p>
          <p className="tags">
            <span className="tag">{t("upTo", { n: homestay.peopleNum })}</span>
            {homestay.foodPrice > 0 && size === "big" && <span className="tag">{t("withMealsTag")}</span>}
          </p>
          {total ? (
            <span className="price-tag">
              <b>{money(total.yuan)}</b> {t("nights", { n: total.nights })}
            </span>
          ) : (
            <PriceTag homestay={homestay} />
          )}
        </div>
      </a>
      <SaveButton homestayId={homestay.id} />
    </article>
  );
}
