import { useApp } from "../lib/app-context";
import type { Homestay } from "../lib/bridge";
import { type Language, money } from "../lib/show";
import { Picture, SaveButton } from "./bits";

/** A listing's words in the guest's language, where it has them. */
export function wordsOf(homestay: Homestay, language: Language) {
  const isEnglish = language === "en";
  return {
    title: (isEnglish && homestay.titleEn) || homestay.title,
    subTitle: (isEnglish && homestay.subTitleEn) || homestay.subTitle,
    info: (isEnglish && homestay.infoEn) || homestay.info,
    city: (isEnglish && homestay.cityEn) || homestay.city || "",
  };
}

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
}: {
  homestay: Homestay;
  total?: { yuan: number; nights: number };
  size?: "wide" | "big";
  query?: string;
}) {
  const { language, t } = useApp();
  const words = wordsOf(homestay, language);
  return (
    <article className={`card ${size}`}>
      <a href={`#/listing/${homestay.id}${query}`} className="card-link">
        <Picture address={coverOf(homestay)} alt="" />
        <div className="card-body">
          <h3>{words.title}</h3>
          <p className="muted clip">{words.subTitle}</p>
          <p className="tags">
            {words.city && <span className="tag">{words.city}</span>}
            <span className="tag">{t("upTo", { n: homestay.peopleNum })}</span>
            {homestay.foodPrice > 0 && size === "big" && <span className="tag">{t("withMealsTag")}</span>}
          </p>
          {total ? (
            <span className="price-tag">
              <b>{money(total.yuan)}</b> {t("stayTotal", { n: total.nights })}
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
