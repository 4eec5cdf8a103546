<?php
/**
 * The few functions of WordPress that the must-use plugin needs, so that it runs without a WordPress.
 *
 * Reads a JSON list of requests, {"url", "args"}, and prints what each was answered and which addresses were called.
 */

define( 'ABSPATH', __DIR__ );
define( 'MODERATION_URL', getenv( 'MODERATION_URL' ) );

$filters = array();
$called  = array();

function add_filter( $name, $callback, $priority, $accepted ) {
	$GLOBALS['filters'][ $name ][] = array( $callback, $accepted );
}

function wp_remote_request( $url, $args ) {
	$answer = $GLOBALS['answered'];
	foreach ( $GLOBALS['filters']['pre_http_request'] as list( $callback, $accepted ) ) {
		$answer = $callback( ...array_slice( array( $answer, $args, $url ), 0, $accepted ) );
	}
	if ( false !== $answer ) {
		return $answer;
	}
	$GLOBALS['called'][] = array( $url, $args );
	if ( ! str_starts_with( $url, 'http://127.0.0.1:' ) ) {
		return array( 'headers' => array(), 'body' => 'elsewhere', 'response' => array( 'code' => 200 ) );
	}
	$lines = array();
	foreach ( $args['headers'] as $name => $value ) {
		$lines[] = "$name: $value";
	}
	$body    = is_array( $args['body'] ) ? http_build_query( $args['body'] ) : $args['body'];
	$http    = array( 'method' => $args['method'], 'header' => $lines, 'content' => $body, 'ignore_errors' => true );
	$http   += array( 'protocol_version' => (float) $args['httpversion'], 'timeout' => $args['timeout'] );
	$said    = file_get_contents( $url, false, stream_context_create( array( 'http' => $http ) ) );
	$headers = array();
	foreach ( array_slice( $http_response_header, 1 ) as $line ) {
		list( $name, $value )            = explode( ':', $line, 2 );
		$headers[ strtolower( $name ) ] = trim( $value );
	}
	$code = (int) explode( ' ', $http_response_header[0] )[1];
	return array( 'headers' => $headers, 'body' => $said, 'response' => array( 'code' => $code ) );
}

require $argv[1];

$answers = array();
foreach ( json_decode( file_get_contents( 'php://stdin' ), true ) as $request ) {
	$called    = array();
	$answered  = $request['answered'] ?? false;
	$said      = wp_remote_request( $request['url'], $request['args'] );
	$answers[] = array( 'answer' => $said, 'called' => $called );
}
echo json_encode( $answers );
