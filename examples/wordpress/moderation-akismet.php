<?php
/**
 * Plugin Name: Moderation for Akismet
 * Description: Sends what the Akismet plugin asks to your own moderation service instead of rest.akismet.com.
 * License: Apache-2.0
 *
 * A must-use plugin: put this file into wp-content/mu-plugins, and into wp-config.php:
 *
 *     define( 'MODERATION_URL', 'https://moderation.example.org' );
 *     define( 'WPCOM_API_KEY', '0123456789ab' ); // what `moderation key add SITE --akismet` printed
 */

defined( 'ABSPATH' ) || exit;

add_filter( 'pre_http_request', 'moderation_akismet_request', 10, 3 );

/**
 * Answer a request to Akismet with what the service says to the same request; leave all others alone.
 *
 * Akismet falls back to plain HTTP when HTTPS fails: here the address is always the one of MODERATION_URL.
 *
 * @param false|array|WP_Error $answer An answer that another plugin already gave, or false.
 * @param array                $args   The arguments of the request.
 * @param string               $url    Its address.
 * @return false|array|WP_Error The service's answer, or what came in as $answer.
 */
function moderation_akismet_request( $answer, $args, $url ) {
	$key = moderation_akismet_key( $url );
	if ( false !== $answer || null === $key || ! defined( 'MODERATION_URL' ) || null !== moderation_akismet_key( MODERATION_URL ) ) {
		return $answer;
	}
	foreach ( array_keys( (array) $args['headers'] ) as $name ) {
		if ( 'host' === strtolower( $name ) ) {
			unset( $args['headers'][ $name ] );
		}
	}
	// Older versions have the key in the host alone, which is another one now.
	if ( '' !== $key && is_string( $args['body'] ) && ! preg_match( '/(^|&)(api_)?key=/', $args['body'] ) ) {
		$args['body'] .= ( '' === $args['body'] ? '' : '&' ) . 'api_key=' . $key;
	} elseif ( '' !== $key && is_array( $args['body'] ) && ! isset( $args['body']['api_key'] ) && ! isset( $args['body']['key'] ) ) {
		$args['body']['api_key'] = $key;
	}
	$query = parse_url( $url, PHP_URL_QUERY );
	$path  = parse_url( $url, PHP_URL_PATH ) . ( null === $query ? '' : '?' . $query );
	return wp_remote_request( rtrim( MODERATION_URL, '/' ) . $path, $args );
}

/**
 * Return the key in the host of an address of Akismet's, '' if it has none, null if it is no address of Akismet's.
 *
 * @param string $url An address.
 * @return string|null
 */
function moderation_akismet_key( $url ) {
	$host = strtolower( (string) parse_url( $url, PHP_URL_HOST ) );
	return preg_match( '/^(?:([0-9a-z]+)\.)?rest\.akismet\.com$/D', $host, $found ) ? ( $found[1] ?? '' ) : null;
}
