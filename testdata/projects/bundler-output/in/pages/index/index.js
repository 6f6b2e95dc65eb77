"use strict";(wx["webpackJsonp"]=wx["webpackJsonp"]||[]).push([[8],{1001:function(e,t,n){e.exports=n.p+"assets/logo.png"},1002:function(e,t,n){e.exports=n.p+"assets/big.jpg"},1003:function(e,t,n){t.Z=function(e){return{src:e?n(1001):"/assets/inline.png",n:1/2/3}}}},function(e){e(e.s=1003)}]);
//# sourceMappingURL=index.js.map
