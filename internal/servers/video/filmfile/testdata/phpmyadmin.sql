-- phpMyAdmin SQL Dump
-- version 4.7.4
-- https://www.phpmyadmin.net/

SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
SET AUTOCOMMIT = 0;
START TRANSACTION;
SET time_zone = "+00:00";

CREATE TABLE `video` (
  `id` int(11) NOT NULL,
  `video_title` varchar(255) NOT NULL COMMENT '标题, (title)',
  `video_image` varchar(255) NOT NULL,
  `video_url` varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

INSERT INTO `video` (`id`, `video_title`, `video_image`, `video_url`) VALUES
(1, 'a', 'https://a.example/a.jpg', 'https://a.example/a.mp4'),
(7, '片', 'https://a.example/片.jpg', 'https://a.example/片.mp4');

CREATE TABLE `comment` (
  `id` int(11) NOT NULL,
  `vid` int(11) NOT NULL,
  `nick` varchar(255) NOT NULL,
  `avatar` varchar(255) NOT NULL,
  `content` varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

INSERT INTO `comment` (`id`, `vid`, `nick`, `avatar`, `content`) VALUES
(3, 7, '小明', 'https://a.example/me.png', 'It''s "good"; -- really \\ \n次行 😀'),
(4, 1, 'b', '', 'ok');

ALTER TABLE `comment`
  ADD PRIMARY KEY (`id`);
COMMIT;
