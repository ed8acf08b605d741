import { useRef, useState } from "react";
import { useApp, useLoad } from "../lib/app-context";
import type { Comment, Homestay } from "../lib/bridge";
import { dayOf } from "../lib/calendar";
import { dayText, money } from "../lib/show";
import { Avatar, Await, Empty, Picture, SaveButton, Skeleton, Stars, TopBar } from "../parts/bits";
import { Icon } from "../parts/icons";
import { PriceTag } from "../parts/listing-card";

/** One listing: pictures, what it is, who keeps it, what others say. */
export function ListingPage({ id, query }: { id: number; query: URLSearchParams }) {
  const { bridge, t, language, go } = useApp();
  const loaded = useLoad(`listing ${id} ${language}`, async () => {
    const homestay = await bridge.homestay(id);
    if (homestay.id === 0) return null;
    const [houses, boss] = await Promise.all([
      bridge.businesses(),
      bridge.bossOf(homestay.homestayBusinessId),
    ]);
    return { homestay, boss, house: houses.find((house) => house.id === homestay.homestayBusinessId) };
  });
  const comments = useLoad(`comments ${id}`, () => bridge.comments(id));
  const checkIn = query.get("in");
  const bookPath = `/listing/${id}/book${query.size > 0 ? `?${query}` : ""}`;

  return (
    <main className="page with-bar">
      <TopBar title={loaded.data?.homestay.title ?? ""} action={<SaveButton homestayId={id} />} />
      <Await loaded={loaded} skeleton={<Skeleton rows={2} />}>
        {(found) => {
          if (!found) return <Empty text={t("notFoundListing")} />;
          const { homestay, boss, house } = found;
          return (
            <>
              <Gallery homestay={homestay} alt={homestay.title} />
              <section className="panel lift">
                <h2 className="big">{homestay.title}</h2>
                <p className="muted">{homestay.subTitle}</p>
                <p className="tags">
                  <span className="tag">{t(homestay.rowType === 1 ? "perPerson" : "perRoom")}</span>
                  <span className="tag">{t("upTo", { n: homestay.peopleNum })}</span>
                </p>
                <a className="line-link" href={`#${bookPath}`}>
                  <span>{checkIn ? dayText(checkIn, language) : t("seeDates")}</span>
                  <Icon name="next" />
                </a>
              </section>
              <section className="panel">
                <h2>{t("about")}</h2>
                <p className="prose">{homestay.info}</p>
              </section>
              <section className="panel">
                <h2>{t("meals")}</h2>
                {homestay.foodPrice > 0 ? (
                  <p className="with-icon">
                    <Icon name="cup" />
                    <span>
                      {homestay.foodInfo}
                      <br />
                      <b>{t("mealPrice", { price: money(homestay.foodPrice) })}</b>
                    </span>
                  </p>
                ) : (
                  <p className="muted">{t("noMeals")}</p>
                )}
              </section>
              <section className="panel">
                <a className="person" href={`#/house/${homestay.homestayBusinessId}`}>
                  <Avatar address={boss.avatar} name={boss.nickname} />
                  <div>
                    <b>
                      {boss.nickname}
                      {house && ` · ${house.title}`}
                    </b>
                    <p className="muted clip2">{boss.info}</p>
                  </div>
                  <Icon name="next" />
                </a>
              </section>
              <Comments comments={comments.data} />
              <div className="bottom-bar">
                <PriceTag homestay={homestay} />
                <button
                  type="button"
                  className="button"
                  disabled={homestay.rowState !== 1}
                  onClick={() => go(bookPath)}
                >
                  {t(homestay.rowState === 1 ? "book" : "offShelf")}
                </button>
              </div>
            </>
          );
        }}
      </Await>
    </main>
  );
}

function Gallery({ homestay, alt }: { homestay: Homestay; alt: string }) {
  const { t } = useApp();
  const pictures = homestay.banner.split(",");
  const strip = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const show = (index: number) => {
    const { current } = strip;
    current?.scrollTo({ left: index * current.clientWidth, behavior: "smooth" });
  };
  return (
    <div className="gallery">
      <div
        className="gallery-strip"
        ref={strip}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard
        tabIndex={0}
        onScroll={(event) =>
          setAt(Math.round(event.currentTarget.scrollLeft / Math.max(1, event.currentTarget.clientWidth)))
        }
      >
        {pictures.map((address, index) => (
          <Picture
            key={address}
            address={address}
            alt={`${alt}, ${t("pictureOf", { n: index + 1, of: pictures.length })}`}
          />
        ))}
      </div>
      <div className="dots">
        {pictures.map((address, index) => (
          <button
            type="button"
            key={address}
            aria-label={t("pictureOf", { n: index + 1, of: pictures.length })}
            aria-current={index === at}
            onClick={() => show(index)}
          />
        ))}
      </div>
    </div>
  );
}

function Comments({ comments }: { comments: Comment[] | undefined }) {
  const { t, language } = useApp();
  const mean = comments?.length ? comments.reduce((sum, { star }) => sum + star, 0) / comments.length : 0;
  return (
    <section className="panel">
      <h2>
        {t("comments")}{" "}
        {comments && comments.length > 0 && (
          <>
            <Stars value={mean} />{" "}
            <small className="muted">{t("commentsCount", { n: comments.length })}</small>
          </>
        )}
      </h2>
      {comments?.length === 0 && <p className="muted">{t("noComments")}</p>}
      <ul className="comments">
        {comments?.map((comment) => (
          <li key={comment.id}>
            <Avatar address={comment.avatar} name={comment.nickname} />
            <div>
              <p className="comment-head">
                <b>{comment.nickname}</b> <Stars value={comment.star} />
                <small className="muted">{dayText(dayOf(comment.createTime), language, false)}</small>
              </p>
              <p>{comment.content}</p>
              {comment.reply && (
                <p className="reply">
                  <b>{t("hostReply")}</b> {comment.reply}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
