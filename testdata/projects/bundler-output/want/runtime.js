(()=>{var e={},t={};function r(n){var o=t[n];if(o)return o.exports;var i=t[n]={exports:{}};return e[n](i,i.exports,r),i.exports}r.m=e,r.p="/",r.g=globalThis;wx.webpackJsonp=r})();
