/** A page that leads on to another one of this site, for servers that cannot answer with a redirect. */
export function movedPage(path: string): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Moved</title>
        <meta name="robots" content="noindex" />
        <meta http-equiv="refresh" content={`0;url=${path}`} />
        <link rel="canonical" href={path} />
      </head>
      <body>
        <a href={path}>This page has moved.</a>
      </body>
    </html>
  );
  return `<!doctype html>${page}`;
}
