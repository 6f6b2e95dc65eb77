a = b / c / '/img/a.png' / /'/.test(d) / `${/`/}`;
