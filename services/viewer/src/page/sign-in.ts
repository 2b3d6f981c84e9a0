/** The page in place of every other one, until the reader has given the token of `VIEWER_TOKEN`. */

/**
 * Its form goes to the address that was asked for, so that the reader is there afterwards.
 * @param isWrong Whether a wrong token was sent.
 */
export function renderSignIn(isWrong: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in · Baton</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/base.css">
</head>
<body>
<main id="main">
<div class="card empty">
<h1>This viewer asks for a token</h1>
${isWrong ? '<p class="notice bad" role="alert">This is not the token.</p>\n' : ""}<form method="post">
<label>The value of <code>VIEWER_TOKEN</code> <input type="password" name="token" autocomplete="current-password" required autofocus></label>
<button>Sign in</button>
</form>
<p class="muted">If you have signed in, and came here from another site: <a href="">open this address again.</a></p>
</div>
</main>
</body>
</html>
`;
}
