import { useApp, useLoad } from "../lib/app-context";
import { Await, Empty, Picture, SaveButton, Skeleton } from "../parts/bits";
import { LoginFirst } from "../parts/login-first";

export function FavouritesPage() {
  const { bridge, t, isLoggedIn, saved } = useApp();
  const count = saved.homestays.size + saved.houses.size;
  const loaded = useLoad(isLoggedIn ? `favourites ${count}` : null, () => bridge.favourites());
  if (!isLoggedIn) return <LoginFirst title={t("favourites")} />;
  return (
    <main className="page">
      <header className="topbar plain">
        <h1>{t("favourites")}</h1>
      </header>
      <Await loaded={loaded} skeleton={<Skeleton rows={3} />}>
        {(favourites) =>
          favourites.length === 0 ? (
            <Empty text={t("noFavourites")} />
          ) : (
            <div className="grid">
              {favourites.map(({ id, homestayId, homestayBusinessId, title, cover }) => (
                <article className="card tile" key={id}>
                  <a
                    className="card-link"
                    href={homestayId > 0 ? `#/listing/${homestayId}` : `#/house/${homestayBusinessId}`}
                  >
                    <Picture address={cover} alt="" />
                    <div className="card-body">
                      <h2 className="clip2">{title}</h2>
                      {homestayId === 0 && <span className="tag">{t("houses")}</span>}
                    </div>
                  </a>
                  <SaveButton
                    homestayId={homestayId > 0 ? homestayId : undefined}
                    homestayBusinessId={homestayBusinessId > 0 ? homestayBusinessId : undefined}
                  />
                </article>
              ))}
            </div>
          )
        }
      </Await>
    </main>
  );
}
