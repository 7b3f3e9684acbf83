"""能耗一张图: from the nation to the organ, out of cubes that are reckoned beforehand."""
