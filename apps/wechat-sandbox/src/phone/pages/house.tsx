import { useApp, useLoad } from "../lib/app-context";
import { money } from "../lib/show";
import { Avatar, Await, Empty, Picture, SaveButton, Skeleton, Stars, TopBar } from "../parts/bits";
import { ListingCard } from "../parts/listing-card";

/** One merchant: its picture, the person behind it, its rooms. */
export function HousePage({ id }: { id: number }) {
  const { bridge, t, language } = useApp();
  const loaded = useLoad(`house ${id} ${language}`, async () => {
    const [houses, boss, rooms] = await Promise.all([
      bridge.businesses(),
      bridge.bossOf(id),
      bridge.ofBusiness(id),
    ]);
    return { house: houses.find((one) => one.id === id), boss, rooms };
  });
  return (
    <main className="page">
      <TopBar title={loaded.data?.house?.title ?? ""} action={<SaveButton homestayBusinessId={id} />} />
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {({ house, boss, rooms }) =>
          house ? (
            <>
              <Picture className="banner" address={house.headerImg || house.cover} alt="" />
              <section className="panel lift">
                <h2 className="big">
                  {house.title} {house.star > 0 ? <Stars value={house.star} /> : null}
                </h2>
                <p>{house.info}</p>
                <p className="tags">
                  {house.tags.split(",").map((tag) => (
                    <span className="tag" key={tag}>
                      {tag}
                    </span>
                  ))}
                  <span className="tag quiet">{t("soldMonth", { n: house.sellMonth })}</span>
                  {house.personConsume > 0 && (
                    <span className="tag quiet">{t("spend", { price: money(house.personConsume) })}</span>
                  )}
                </p>
                <div className="person">
                  <Avatar address={boss.avatar} name={boss.nickname} />
                  <div>
                    <b>{boss.nickname}</b>
                    <p className="muted">{boss.info}</p>
                  </div>
                </div>
              </section>
              <section aria-labelledby="rooms">
                <h2 id="rooms">{t("rooms")}</h2>
                {rooms.map((room) => (
                  <ListingCard key={room.id} homestay={room} />
                ))}
              </section>
            </>
          ) : (
            <Empty text={t("notFound")} />
          )
        }
      </Await>
    </main>
  );
}
