<!-- '/img/a.png'
--> '/img/a.png'
