#!/x
#!
'/img/a.png'