import { useState } from "react";
import { useApp } from "../lib/app-context";
import { Sheet } from "./bits";

const dimensions = ["cleanliness", "location", "service", "value"] as const;
export type Ratings = Record<(typeof dimensions)[number], number>;

/** Four ratings and a few words. */
export function CommentSheet({
  settle,
}: {
  settle: (comment: (Ratings & { content: string }) | null) => void;
}) {
  const { t } = useApp();
  const [ratings, setRatings] = useState<Ratings>({ cleanliness: 5, location: 5, service: 5, value: 5 });
  const [content, setContent] = useState("");
  return (
    <Sheet title={t("writeComment")} onClose={() => settle(null)}>
      {dimensions.map((dimension) => (
        <fieldset className="rating" key={dimension}>
          <legend>{t(dimension)}</legend>
          {[1, 2, 3, 4, 5].map((star) => (
            <label key={star} className={star <= ratings[dimension] ? "on" : ""}>
              <input
                type="radio"
                name={dimension}
                aria-label={t("star", { n: star })}
                checked={ratings[dimension] === star}
                onChange={() => setRatings({ ...ratings, [dimension]: star })}
              />
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d="M12 3l2.7 5.9 6.3 .7-4.7 4.3 1.3 6.3L12 17l-5.6 3.2 1.3-6.3L3 9.6l6.3-.7z" />
              </svg>
            </label>
          ))}
        </fieldset>
      ))}
      <textarea
        rows={4}
        maxLength={500}
        aria-label={t("writeComment")}
        placeholder={t("commentHint")}
        value={content}
        onChange={(event) => setContent(event.target.value)}
      />
      <div className="sheet-foot">
        <button
          type="button"
          className="button"
          disabled={content.trim() === ""}
          onClick={() => settle({ ...ratings, content: content.trim() })}
        >
          {t("send")}
        </button>
      </div>
    </Sheet>
  );
}
